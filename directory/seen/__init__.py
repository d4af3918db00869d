"""What clients saw of experts and looked for: counted for each page view, and nobody named. Rules D-5, D-6."""
