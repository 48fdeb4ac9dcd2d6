/// Each returns 0, or the line of the first check that failed.
#pragma once
int check_strings(void);
int check_numbers(void);
int check_sorting(void);
int check_printf(void);
int check_time(void);
int check_errors(void);
int check_locks(void);
int check_scanning(void);
int check_edges(void);
/// Lock and unlock one mutex; return what pthread does.
int lock_elsewhere(void);
int unlock_elsewhere(void);
/// Adds to a counter under a mutex, many times; from several threads.
void add_under_lock(int count);
int locked_counter(void);
/// Waits until `open_gate` is called.
void wait_at_gate(void);
void open_gate(void);
int initialise_once(void);
void fail_assertion(int value);
void print_lines(void);
void leave(int status);
