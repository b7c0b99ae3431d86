"""The half-year report run: a text is written, approved and issued; copies are printed, handed over and appraised."""
