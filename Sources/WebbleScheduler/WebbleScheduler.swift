// WebbleScheduler
