"""File tasks of the topic `program-files`: small programs to predict or to mend."""
