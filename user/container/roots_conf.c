// SPDX-License-Identifier: Apache-2.0
/*
 * roots_conf.c - runtime directories named in configuration files
 */
#include "container/roots_conf.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "container/cgline.h"
#include "container/hostjson.h"

#define DIRS_LOOKED_AT 1024
#define USERS_MAX      4096
#define USERS_CONF_MAX ((size_t)64 << 10) /* each line costs, and users write them */

/* Formats a path; false if it does not fit or holds a NUL. */
__attribute__((format(printf, 3, 4))) static bool fmt_path(char *out, struct str base,
							   const char *fmt, ...)
{
	va_list ap;
	int n;

	if (base.len == 0 || base.len >= PATH_MAX || memchr(base.p, '\0', base.len))
		return false;
	memcpy(out, base.p, base.len);
	va_start(ap, fmt);
	n = vsnprintf(out + base.len, PATH_MAX - base.len, fmt, ap);
	va_end(ap);
	return n >= 0 && (size_t)n < PATH_MAX - base.len;
}

/* {"hosts": ["unix:///…", …]}: where it listens. */
static void add_hosts(struct roots *roots, struct json_object *conf, uid_t uid)
{
	struct json_object *hosts = hostjson_array(conf, "hosts");
	size_t len = hosts ? json_object_array_length(hosts) : 0;

	for (size_t i = 0; i < len && i < ENDPOINTS_MAX; i++) {
		struct json_object *host = json_object_array_get_idx(hosts, i);

		if (json_object_is_type(host, json_type_string))
			endpoints_add(&roots->endpoints, ENDPOINT_DOCKER, uid,
				      str_of(json_object_get_string(host)));
	}
}

void roots_conf_docker(struct roots *roots, struct str path, uid_t uid)
{
	_cleanup_json_ struct json_object *conf = NULL;
	char file[PATH_MAX], below[PATH_MAX];
	struct str exec_root;

	if (!fmt_path(file, path, "%s", "") || hostjson_read(roots->fs, file, uid == 0, &conf))
		return;
	roots_add(&roots->docker, hostjson_str(conf, "data-root"), uid);
	roots_add(&roots->docker, hostjson_str(conf, "graph"), uid);
	exec_root = hostjson_str(conf, "exec-root");
	if (fmt_path(below, exec_root, "/runtime-runc/moby"))
		roots_add(&roots->runc, str_of(below), uid);
	if (fmt_path(below, exec_root, "/containerd/daemon/%s", ROOTS_BUNDLES))
		roots_add(&roots->bundles, str_of(below), uid);
	add_hosts(roots, conf, uid);
}

struct below {
	struct roots *roots;
	struct str path;
	uid_t uid;
};

static bool see_driver(const char *name, void *arg)
{
	static const char suffix[] = "-containers";
	const struct below *b = arg;
	size_t len = strlen(name);
	char path[PATH_MAX];

	if (len > sizeof(suffix) - 1 && strcmp(name + len - sizeof(suffix) + 1, suffix) == 0 &&
	    fmt_path(path, b->path, "/%s", name))
		roots_add(&b->roots->podman, str_of(path), b->uid);
	return false;
}

/*
 * Of TOML only lines like key = "/path" matter here; a TOML library would be one more for three
 * keys. Values with variables are left out. The value has room for PATH_MAX bytes.
 */
static bool parse_setting(struct str line, char *key, char *value)
{
	char copy[PATH_MAX + 128];
	int end = 0; /* behind the closing quote, which does not count as a conversion */

	if (line.len >= sizeof(copy) || line.len == 0)
		return false;
	memcpy(copy, line.p, line.len);
	copy[line.len] = '\0';
	if (sscanf(copy, " %63[a-z_] = \"%4095[^\"$]\"%n", key, value, &end) != 2)
		sscanf(copy, " %63[a-z_] = '%4095[^'$]'%n", key, value, &end);
	return end > 0;
}

static void read_storage_conf(struct roots *roots, const char *file, uid_t uid)
{
	struct buf text = { .limit = uid ? USERS_CONF_MAX : HOSTFS_SIZE_MAX };
	struct str rest, line;

	if (hostfs_read(roots->fs, file, uid == 0, &text)) {
		buf_done(&text);
		return;
	}
	rest = str_from(text.data, text.len);
	while (cgline_next(&rest, &line)) {
		char key[64], value[PATH_MAX];

		if (!parse_setting(line, key, value))
			continue;
		if (strcmp(key, "graphroot") == 0 || strcmp(key, "rootless_storage_path") == 0)
			roots_add(&roots->graph, str_of(value), uid);
	}
	buf_done(&text);
}

/* containerd's own settings stand before the first table. */
enum table { TABLE_TOP, TABLE_GRPC, TABLE_OTHER };

/* Which of them this line is in. */
static enum table table_of(struct str line, enum table before)
{
	static const char grpc[] = "[grpc]";
	char opened[sizeof(grpc)];
	size_t n = 0;

	for (size_t i = 0; i < line.len && n < sizeof(grpc) - 1; i++)
		if (line.p[i] != ' ' && line.p[i] != '\t')
			opened[n++] = line.p[i];
	opened[n] = '\0';
	if (opened[0] != '[')
		return before;
	return strcmp(opened, grpc) == 0 ? TABLE_GRPC : TABLE_OTHER;
}

void roots_conf_containerd(struct roots *roots, struct str path, uid_t uid)
{
	struct buf text = { .limit = HOSTFS_SIZE_MAX };
	char file[PATH_MAX], below[PATH_MAX];
	enum table table = TABLE_TOP;
	struct str rest, line;

	if (!fmt_path(file, path, "%s", "") || hostfs_read(roots->fs, file, uid == 0, &text)) {
		buf_done(&text);
		return;
	}
	rest = str_from(text.data, text.len);
	while (cgline_next(&rest, &line)) {
		char key[64], value[PATH_MAX];

		table = table_of(line, table);
		if (table == TABLE_OTHER || !parse_setting(line, key, value))
			continue;
		if (table == TABLE_GRPC && strcmp(key, "address") == 0)
			endpoints_add(&roots->endpoints, ENDPOINT_CONTAINERD, uid, str_of(value));
		if (table == TABLE_TOP && strcmp(key, "state") == 0 &&
		    fmt_path(below, str_of(value), "/%s", ROOTS_BUNDLES))
			roots_add(&roots->bundles, str_of(below), uid);
	}
	buf_done(&text);
}

static void see_home(struct roots *roots, struct str home, uid_t uid)
{
	char path[PATH_MAX];

	if (!fmt_path(path, home, "/.local/share/containers/storage"))
		return;
	if (hostfs_is_dir(roots->fs, path))
		roots_add(&roots->graph, str_of(path), uid);
	if (fmt_path(path, home, "/.config/containers/storage.conf"))
		read_storage_conf(roots, path, uid);
	if (fmt_path(path, home, "/.local/share/docker/containers") &&
	    hostfs_is_dir(roots->fs, path) && fmt_path(path, home, "/.local/share/docker"))
		roots_add(&roots->docker, str_of(path), uid);
	if (fmt_path(path, home, "/.config/docker/daemon.json"))
		roots_conf_docker(roots, str_of(path), uid);
	if (fmt_path(path, home, "/.local/share/lxc") && hostfs_is_dir(roots->fs, path))
		roots_add(&roots->lxc, str_of(path), uid);
}

static uid_t parse_uid(struct str text)
{
	uint64_t uid = 0;

	if (text.len == 0 || text.len > 10)
		return CGROUPS_NO_UID;
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return CGROUPS_NO_UID;
		uid = uid * 10 + (uint64_t)(text.p[i] - '0');
	}
	return uid < CGROUPS_NO_UID ? (uid_t)uid : CGROUPS_NO_UID;
}

/* name:password:uid:gid:gecos:home:shell (passwd(5)) */
static void see_user(struct roots *roots, struct str line)
{
	struct str field[7];
	size_t n = 0;

	while (n < 7) {
		const char *colon = line.len ? memchr(line.p, ':', line.len) : NULL;
		size_t len = colon ? (size_t)(colon - line.p) : line.len;

		field[n++] = str_from(line.p, len);
		if (!colon)
			break;
		line = str_from(colon + 1, line.len - len - 1);
	}
	if (n < 6 || field[5].len < 2 || field[5].p[0] != '/')
		return;
	see_home(roots, field[5], parse_uid(field[2]));
}

void roots_conf_root(struct roots *roots)
{
	roots_conf_docker(roots, STR_LITERAL("/etc/docker/daemon.json"), 0);
	roots_conf_containerd(roots, STR_LITERAL("/etc/containerd/config.toml"), 0);
	read_storage_conf(roots, "/usr/share/containers/storage.conf", 0);
	read_storage_conf(roots, "/etc/containers/storage.conf", 0);
}

void roots_conf_read(struct roots *roots)
{
	struct buf passwd = { .limit = HOSTFS_SIZE_MAX };
	struct str rest, line;

	roots_conf_root(roots);
	subuids_read(&roots->subuids, roots->fs);
	if (hostfs_read(roots->fs, "/etc/passwd", true, &passwd) == 0) {
		rest = str_from(passwd.data, passwd.len);
		for (int i = 0; i < USERS_MAX && cgline_next(&rest, &line); i++)
			see_user(roots, line);
	}
	buf_done(&passwd);
}

static bool see_namespace(const char *name, void *arg)
{
	struct roots *roots = arg;
	char path[PATH_MAX];

	if (fmt_path(path, STR_LITERAL("/run/containerd/runc/"), "%s", name))
		roots_add(&roots->runc, str_of(path), 0);
	return false;
}

static void see_run_socket(struct roots *roots, const char *user, uid_t uid,
			   enum endpoint_kind kind, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (!fmt_path(path, STR_LITERAL("/run/user/"), "%s/%s", user, name))
		return;
	fd = hostfs_open_socket(roots->fs, path, &st);
	if (fd < 0)
		return;
	close(fd);
	endpoints_add(&roots->endpoints, kind, uid, str_of(path));
}

static bool see_run_user(const char *name, void *arg)
{
	struct roots *roots = arg;
	uid_t uid = parse_uid(str_of(name));
	char path[PATH_MAX];

	if (uid != CGROUPS_NO_UID) {
		see_run_socket(roots, name, uid, ENDPOINT_DOCKER, "docker.sock");
		see_run_socket(roots, name, uid, ENDPOINT_PODMAN, "podman/podman.sock");
	}
	if (fmt_path(path, STR_LITERAL("/run/user/"), "%s/runc", name) &&
	    hostfs_is_dir(roots->fs, path))
		roots_add(&roots->runc, str_of(path), uid);
	if (fmt_path(path, STR_LITERAL("/run/user/"), "%s/crun", name) &&
	    hostfs_is_dir(roots->fs, path))
		roots_add(&roots->crun, str_of(path), uid);
	return false;
}

void roots_conf_state(struct roots *roots)
{
	for (unsigned int i = 0; i < roots->graph.len; i++) {
		struct below b = { .roots = roots,
				   .path = str_of(roots->graph.path[i]),
				   .uid = roots->graph.uid[i] };

		hostfs_each_dir(roots->fs, roots->graph.path[i], DIRS_LOOKED_AT, see_driver, &b);
	}
	hostfs_each_dir(roots->fs, "/run/containerd/runc", DIRS_LOOKED_AT, see_namespace, roots);
	hostfs_each_dir(roots->fs, "/run/user", DIRS_LOOKED_AT, see_run_user, roots);
}
