"""Every use of undocumented parts of Gradio, which may change in any release."""
