from compare_tab import compare  # noqa: F401
