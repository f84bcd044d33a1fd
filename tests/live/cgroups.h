/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroups.h - real cgroups for live tests, removed when the test ends
 */
#ifndef LIVE_CGROUPS_H
#define LIVE_CGROUPS_H

/*
 * Where a hierarchy is mounted, by controller ("pids", "memory", "name=systemd"); "" is v2.
 * NULL: it is not mounted. Valid for the life of the program.
 */
const char *cgroup_mount(const char *controller);

/*
 * Makes the cgroup and those above it. Returns its directory, valid until the end of the test;
 * NULL with errno if it cannot be made. Skips the test if the hierarchy is not mounted.
 */
const char *cgroup_make(const char *controller, const char *path);

/*
 * The id of a container that no other run of the tests has: 64 digits, which begin with this one
 * and the process id. Valid for the life of the program.
 */
const char *container_id(char digit);

/* The cgroup that Docker would give it. */
const char *cgroup_make_docker(const char *controller, const char *id);

/* The path that this program is in. Valid until the next call; skips the test if there is none. */
const char *cgroup_own(const char *controller);

/* Moves a process. Fails the test if that is refused. */
void cgroup_move(const char *directory, int pid);

/* Writes a control file. Returns 0 or negative errno. */
int cgroup_write(const char *directory, const char *file, const char *value);

/* Removes the cgroup now. Returns 0 or negative errno. */
int cgroup_remove(const char *directory);

/* Removes the cgroups of this path, which must be empty, from every hierarchy that has one. */
void cgroup_remove_everywhere(const char *path);

/*
 * From now on this program and its children see the v2 hierarchy only, at /sys/fs/cgroup, as on
 * a host without v1. There is no way back. A group setup of cmocka.
 */
int cgroups_v2_only(void **state);

/*
 * The same with the v1 hierarchies that this program is in, each below /sys/fs/cgroup, as on a
 * host that knows no v2. Processes stay in both.
 */
int cgroups_v1_only(void **state);

/* Skips the test if the host has no hierarchy of the only kind that this program may see. */
void cgroups_need_view(void);

/* Removes what cgroup_make() made, innermost first. */
void cgroups_teardown(void);

#endif /* LIVE_CGROUPS_H */
