"""The console command `palier`: one file per group of commands. Never packaged with the functions."""
