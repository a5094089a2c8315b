/* Android's libc calls this otherwise than musl does, by which its library is loaded and called here. */
extern int *__errno_location(void);

int *__errno(void) { return __errno_location(); }
