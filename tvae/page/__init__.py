"""The page and the API in Gradio: `build.build()` makes the app, `build.launch()` serves it."""
