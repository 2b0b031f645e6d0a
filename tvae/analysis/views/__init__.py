"""What the pictures of the page are made of.

`disk_layout` has exact radii, `directions` principal components, and `base64_text` makes text of arrays.

Not here: drawing, which is the browser's work (`tvae/page/tabs/ball/disk`). Start with `disk_layout`.
"""
