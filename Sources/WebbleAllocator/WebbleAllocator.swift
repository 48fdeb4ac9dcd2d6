// WebbleAllocator
