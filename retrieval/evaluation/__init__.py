"""Questions with known answers: run them, and measure what came back."""
