"""What two people have to do with each other about a listing."""
