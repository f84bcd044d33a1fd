/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compared.h - what proctrace inspect says of a process against what other tools say
 *
 * Each skips the test if its tool is not installed.
 */
#ifndef LIVE_COMPARED_H
#define LIVE_COMPARED_H

#include <json-c/json.h>
#include <sys/types.h>

/* The numbers of all namespaces, against lsns(8). */
void compare_namespaces(pid_t pid, struct json_object *namespaces);

/* All five sets of capabilities, against capsh(1). */
void compare_capabilities(pid_t pid, struct json_object *privileges);

/* Name, parent, session, threads and ids, against ps(1). */
void compare_process(pid_t pid, struct json_object *identity, struct json_object *privileges);

/* The group in each hierarchy of v1, against systemd-cgls(1). */
void compare_cgroups(pid_t pid, struct json_object *cgroups);

#endif /* LIVE_COMPARED_H */
