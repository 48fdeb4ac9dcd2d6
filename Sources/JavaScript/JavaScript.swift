// JavaScript objects, promises and events from Swift.
