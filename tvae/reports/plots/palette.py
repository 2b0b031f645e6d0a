"""Colours with a meaning, which are the same on the page, in figures and in exports."""

from typing import Final

# Valuation 0 to 9: equal steps of lightness, visible with colour blindness, and on white and black backgrounds.
LEVEL_COLOURS: Final = (
    "#6343a4",
    "#4b5bba",
    "#1273c4",
    "#0488b1",
    "#0799a7",
    "#0daa9b",
    "#1bbb82",
    "#76c263",
    "#b1c446",
    "#e3c23b",
)
SELECTED_COLOUR: Final = "#d9480f"
UNSELECTED_COLOUR: Final = "#a0a4ab"

# Tile of a trit: blue, grey or orange, distinct in every kind of colour blindness, with its sign inside.
TRIT_COLOURS: Final = {-1: "#2563b8", 0: "#6b7280", 1: "#b8560a"}
TRIT_SIGNS: Final = {-1: "\u2212", 0: "0", 1: "+"}
EXACTNESS_COLOURS: Final = ("#b8560a", "#2563b8")  # not reconstructed, reconstructed
PROPERTY_COLOURS: Final = ("#8d939c", "#0488b1")  # an operation does not have a property, or has it

# Groups of sequences, the most frequent one first; they only distinguish groups. After M. Okabe and K. Ito.
GROUP_COLOURS: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8c564b", "#7a4fb5")
OTHERS_COLOUR: Final = "#8d939c"  # of all other groups together

# Linear regions, by number modulo 24. They only distinguish regions, so they avoid the hues above.
REGION_COLOURS: Final = (
    "#425a6f", "#8593da", "#5745af", "#c1cbe0", "#615dd9", "#31619a", "#a1a7d7", "#7363aa",
    "#c9d4f1", "#857dd2", "#476a9d", "#babcd7", "#7a57d0", "#334488", "#a29ace", "#2d65d0",
    "#bfbfeb", "#779fc8", "#48528c", "#ab9be7", "#5172c6", "#d8d7ed", "#94a9c4", "#313cbc",
)  # fmt: skip

# Amino acids, pale for dark ink and deep for white ink. The hues go around the circle in the order of W. R. Taylor's
# residual colours (Protein Engineering 10, 1997), so that similar ones are alike; the stop is grey. Nobody can
# distinguish 21 hues, so they always come with a letter.
AMINO_COLOURS: Final = {
    "A": ("#c4eda8", "#274702"), "C": ("#bbc679", "#575e01"), "D": ("#fed2cd", "#6b1e1d"),
    "E": ("#f6a3b3", "#893a4d"), "F": ("#6fcced", "#06627a"), "G": ("#e0b671", "#745104"),
    "H": ("#d5dcff", "#303475"), "I": ("#98f4d3", "#004936"), "K": ("#eed2ff", "#512865"),
    "L": ("#68d3c8", "#01665f"), "M": ("#87f2fe", "#03464c"), "N": ("#e3a6dc", "#7a3e74"),
    "P": ("#f0df90", "#483d00"), "Q": ("#ffcee4", "#641f46"), "R": ("#c2b1f8", "#5d498e"),
    "S": ("#f5a98a", "#89401f"), "T": ("#fed5b4", "#5b3102"), "V": ("#8dd09d", "#1a6936"),
    "W": ("#97bffe", "#305795"), "Y": ("#c0e3fe", "#034164"), "*": ("#e3e5e8", "#3b4250"),
}  # fmt: skip
