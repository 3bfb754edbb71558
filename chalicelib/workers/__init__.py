"""What event functions call: plain functions over a parsed batch. `app.py` declares the functions themselves."""
