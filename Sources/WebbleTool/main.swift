print("webble")
