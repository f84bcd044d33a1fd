/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - what proctrace says to the person who runs it
 *
 * One line on standard error each, beginning "proctrace: ". Only cli and tracer
 * call this. Text that comes from a process goes through esc() first.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines above this level are not printed. LOG_INFO at start. */
extern enum log_level log_level;

__attribute__((format(printf, 2, 3))) void log_at(enum log_level level, const char *fmt, ...);

#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

#endif /* BASE_LOG_H */
