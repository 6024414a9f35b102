"""What a file holds of care: needs and plans. ``kinderguard.care`` makes them; here is what they say."""
