"""Two and three dimensions of the ball: `disk_layout` has exact radii, `directions` principal components.

Not here: drawing, which is the browser's work (`tvae/page/tabs/ball/disk`). Start with `disk_layout`.
"""
