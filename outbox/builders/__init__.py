"""One file for each activity, object or actor that goes out."""
