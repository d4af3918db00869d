"""What a badge looks like: designed by its issuer, drawn once, and shown as SVG and as PNG. Rule B-3."""
