// Webble
