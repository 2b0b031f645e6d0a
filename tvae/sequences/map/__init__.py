"""Where sequences lie in the latent space of a model, as a picture in two dimensions.

`columns` reads what titles and tables say of sequences, `reference` what a file records of those that the model was
trained on, `projection` finds the places, and `documents` has the JSON of /sequence_map.
"""
