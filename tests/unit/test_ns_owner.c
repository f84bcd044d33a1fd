// SPDX-License-Identifier: Apache-2.0
/*
 * test_ns_owner.c - whose a namespace is, until it is gone
 */
#include "cache/ns_owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What the initial namespaces of every kernel are called (include/linux/proc_ns.h). */
static const uint32_t host[PTC_NS_COUNT] = {
	[PTC_NS_PID] = 4026531836u,
	[PTC_NS_MNT] = 4026531841u,
	[PTC_NS_NET] = 4026531840u,
	[PTC_NS_UTS] = 4026531838u,
	[PTC_NS_IPC] = 4026531839u,
	[PTC_NS_USER] = 4026531837u,
	[PTC_NS_CGROUP] = 4026531835u,
	[PTC_NS_TIME] = 4026531834u,
	[PTC_NS_PID_FOR_CHILDREN] = 4026531836u,
	[PTC_NS_TIME_FOR_CHILDREN] = 4026531834u,
};

#define WEB_NET 4026532180u
#define WEB_PID 4026532179u

static struct ns_owner *owner;

static int fresh(void **state)
{
	(void)state;
	return ns_owner_new(&owner);
}

static int done(void **state)
{
	(void)state;
	ns_owner_free(owner);
	owner = NULL;
	return 0;
}

/* The host's, but for two. */
static void web(uint32_t ns[PTC_NS_COUNT])
{
	memcpy(ns, host, sizeof(host));
	ns[PTC_NS_NET] = WEB_NET;
	ns[PTC_NS_PID] = ns[PTC_NS_PID_FOR_CHILDREN] = WEB_PID;
}

/* The cgroup v2 of the owner, 0: nobody. */
static uint64_t owner_of(uint32_t inum)
{
	const struct ns_owned *owned = ns_owner_find(owner, inum);

	return owned ? owned->share[0].cgroup_v2 : 0;
}

/* A process of the container with this serial, in a cgroup of the same number. */
static void learn(const uint32_t ns[PTC_NS_COUNT], uint32_t serial)
{
	const struct ns_share who = { .serial = serial, .cgroup_v2 = serial, .cgroup_v1 = 35 };

	ns_owner_learn(owner, ns, ns_owner_isolated(owner, ns), &who, 4000 + serial, serial);
}

static void learn_group(const uint32_t ns[PTC_NS_COUNT], uint32_t group_ns)
{
	const struct ns_share who = { .group_ns = group_ns };

	ns_owner_learn(owner, ns, ns_owner_isolated(owner, ns), &who, 5000, 50);
}

static void test_host(void **state)
{
	static const uint32_t none[PTC_NS_COUNT];
	uint32_t ns[PTC_NS_COUNT];

	(void)state;
	/* Most have a number that never changes; two are learnt. */
	for (int i = 0; i < PTC_NS_COUNT; i++)
		assert_int_equal(ns_owner_is_host(owner, (enum ptc_ns)i, host[i]),
				 i != PTC_NS_MNT && i != PTC_NS_NET);
	for (int i = 0; i < PTC_NS_COUNT; i++)
		assert_false(ns_owner_is_host(owner, (enum ptc_ns)i, 0));

	ns_owner_set_host(owner, none);
	ns_owner_set_host(owner, host);
	for (int i = 0; i < PTC_NS_COUNT; i++)
		assert_true(ns_owner_is_host(owner, (enum ptc_ns)i, host[i]));
	assert_false(ns_owner_is_host(owner, PTC_NS_NET, host[PTC_NS_MNT]));

	/* A kernel thread with a mount namespace of its own (kdevtmpfs) changes nothing. */
	memcpy(ns, host, sizeof(ns));
	ns[PTC_NS_MNT] = 4026531862u;
	ns_owner_set_host(owner, ns);
	assert_true(ns_owner_is_host(owner, PTC_NS_MNT, host[PTC_NS_MNT]));
	assert_false(ns_owner_is_host(owner, PTC_NS_MNT, 4026531862u));
	/* Nor does somebody who claims to be the host. */
	ns[PTC_NS_PID] = WEB_PID;
	ns_owner_set_host(owner, ns);
	assert_false(ns_owner_is_host(owner, PTC_NS_PID, WEB_PID));
}

static void test_isolated(void **state)
{
	uint32_t ns[PTC_NS_COUNT];

	(void)state;
	web(ns);
	ns[PTC_NS_MNT] = 4026532176u;
	/* As long as the host's are not known, nobody differs from them. */
	assert_int_equal(ns_owner_isolated(owner, ns), 1u << PTC_NS_PID);
	ns_owner_set_host(owner, host);
	assert_int_equal(ns_owner_isolated(owner, host), 0);
	assert_int_equal(ns_owner_isolated(owner, ns),
			 1u << PTC_NS_PID | 1u << PTC_NS_NET | 1u << PTC_NS_MNT);

	/* What children will get is not where the process lives. */
	memcpy(ns, host, sizeof(ns));
	ns[PTC_NS_PID_FOR_CHILDREN] = ns[PTC_NS_TIME_FOR_CHILDREN] = WEB_PID;
	assert_int_equal(ns_owner_isolated(owner, ns), 0);
	/* A kernel without them. */
	ns[PTC_NS_TIME] = ns[PTC_NS_CGROUP] = 0;
	assert_int_equal(ns_owner_isolated(owner, ns), 0);

	for (uint32_t i = 0; i < PTC_NS_COUNT; i++)
		ns[i] = 100 + i;
	assert_int_equal(ns_owner_isolated(owner, ns), 0xff);
}

static void test_learn(void **state)
{
	const struct ns_owned *owned;
	uint32_t ns[PTC_NS_COUNT];

	(void)state;
	ns_owner_set_host(owner, host);
	web(ns);
	assert_null(ns_owner_find(owner, WEB_NET));
	learn(ns, 177);
	learn(ns, 177);
	owned = ns_owner_find(owner, WEB_NET);
	assert_int_equal(owned->len, 1);
	assert_int_equal(owned->share[0].cgroup_v1, 35);
	assert_int_equal(owned->holder_pid, 4177);
	assert_int_equal(owned->holder_start_ns, 177);
	assert_int_equal(owner_of(WEB_PID), 177);

	/* The host's own, which a container with --net=host shares, are nobody's. */
	assert_int_equal(owner_of(host[PTC_NS_UTS]), 0);
	assert_int_equal(owner_of(host[PTC_NS_MNT]), 0);
	assert_int_equal(owner_of(0), 0);
}

/* A second container joined (--net=container:web): it stays the first one's. */
static void test_shared(void **state)
{
	const struct ns_owned *owned;
	uint32_t ns[PTC_NS_COUNT];

	(void)state;
	ns_owner_set_host(owner, host);
	web(ns);
	learn(ns, 177);
	ns[PTC_NS_PID] = 4026532200u;
	learn(ns, 200);
	learn(ns, 200);
	owned = ns_owner_find(owner, WEB_NET);
	assert_int_equal(owned->len, 2);
	assert_int_equal(owned->share[0].serial, 177);
	assert_int_equal(owned->share[1].serial, 200);
	assert_int_equal(owned->holder_pid, 4177);
	assert_int_equal(owner_of(4026532200u), 200);
	for (uint32_t serial = 201; serial < 201 + EVENT_SHARED_MAX; serial++)
		learn(ns, serial);
	assert_int_equal(owned->len, NS_SHARES_MAX);
	assert_true(owned->more);

	/* The owner is gone: the next one has it. */
	ns_owner_forget_container(owner, 177);
	owned = ns_owner_find(owner, WEB_NET);
	assert_int_equal(owned->share[0].serial, 200);
	assert_null(ns_owner_find(owner, WEB_PID));
	ns_owner_forget_container(owner, 99);
	assert_int_equal(owner_of(WEB_NET), 200);
}

static void test_holder(void **state)
{
	uint32_t ns[PTC_NS_COUNT];

	(void)state;
	ns_owner_set_host(owner, host);
	web(ns);
	learn(ns, 177);
	ns_owner_forget_holder(owner, WEB_NET);
	ns_owner_forget_holder(owner, 1);
	assert_int_equal(ns_owner_find(owner, WEB_NET)->holder_pid, 0);
	assert_int_equal(ns_owner_find(owner, WEB_PID)->holder_pid, 4177);
	learn(ns, 200);
	assert_int_equal(ns_owner_find(owner, WEB_NET)->holder_pid, 4200);
}

/* What a runtime makes looks like a group first; a visitor from the host does not own. */
static void test_groups(void **state)
{
	uint32_t ns[PTC_NS_COUNT];

	(void)state;
	ns_owner_set_host(owner, host);
	web(ns);
	learn_group(ns, WEB_PID);
	assert_int_equal(ns_owner_find(owner, WEB_NET)->share[0].group_ns, WEB_PID);
	learn(ns, 177);
	assert_int_equal(ns_owner_find(owner, WEB_NET)->len, 1);
	assert_int_equal(owner_of(WEB_NET), 177);
	assert_int_equal(ns_owner_find(owner, WEB_NET)->holder_pid, 4177);
	learn_group(ns, WEB_PID);
	assert_int_equal(ns_owner_find(owner, WEB_NET)->len, 1);
	assert_int_equal(owner_of(WEB_NET), 177);
}

/* What children will get may be somebody else's. */
static void test_learn_only_where_it_lives(void **state)
{
	uint32_t ns[PTC_NS_COUNT];

	(void)state;
	ns_owner_set_host(owner, host);
	memcpy(ns, host, sizeof(ns));
	ns[PTC_NS_PID_FOR_CHILDREN] = WEB_PID;
	learn(ns, 177);
	assert_int_equal(owner_of(WEB_PID), 0);
}

/* The kernel gives the number again: to whom is for the next process to say. */
static void test_forget(void **state)
{
	uint32_t ns[PTC_NS_COUNT];

	(void)state;
	ns_owner_set_host(owner, host);
	web(ns);
	learn(ns, 177);
	ns_owner_forget(owner, WEB_NET);
	ns_owner_forget(owner, WEB_NET);
	ns_owner_forget(owner, 0);
	assert_int_equal(owner_of(WEB_NET), 0);
	assert_int_equal(owner_of(WEB_PID), 177);
	learn(ns, 200);
	assert_int_equal(owner_of(WEB_NET), 200);
	assert_int_equal(owner_of(WEB_PID), 177);
}

/* The same lesson counts again as soon as anything of it was forgotten. */
static void test_same_lesson(void **state)
{
	uint32_t ns[PTC_NS_COUNT];
	const struct ns_share who = { .serial = 177, .cgroup_v2 = 177 };

	(void)state;
	ns_owner_set_host(owner, host);
	web(ns);
	/* Of what one made it is no holder yet. */
	ns_owner_learn(owner, ns, ns_owner_isolated(owner, ns), &who, 0, 0);
	assert_int_equal(ns_owner_find(owner, WEB_NET)->holder_pid, 0);
	learn(ns, 177);
	learn(ns, 177);
	assert_int_equal(ns_owner_find(owner, WEB_NET)->len, 1);
	assert_int_equal(ns_owner_find(owner, WEB_NET)->holder_pid, 4177);
	ns_owner_forget_holder(owner, WEB_NET);
	learn(ns, 177);
	assert_int_equal(ns_owner_find(owner, WEB_NET)->holder_pid, 4177);
	ns_owner_forget(owner, WEB_NET);
	learn(ns, 177);
	assert_int_equal(owner_of(WEB_NET), 177);
	ns_owner_forget_container(owner, 177);
	assert_int_equal(owner_of(WEB_NET), 0);
	learn(ns, 177);
	assert_int_equal(owner_of(WEB_NET), 177);
	/* Another namespace, another container, or fewer that differ: another lesson. */
	ns[PTC_NS_NET] = WEB_NET + 100;
	learn(ns, 177);
	assert_int_equal(owner_of(WEB_NET + 100), 177);
	learn(ns, 200);
	assert_int_equal(ns_owner_find(owner, WEB_NET + 100)->len, 2);
}

/* However many there are, it is bounded, and what was learnt first goes first. */
static void test_limit(void **state)
{
	const uint32_t first = 1000, most = 1u << 20;
	uint32_t ns[PTC_NS_COUNT], inum = first;

	(void)state;
	ns_owner_set_host(owner, host);
	memcpy(ns, host, sizeof(ns));
	while (inum == first || (owner_of(first) && inum < most)) {
		ns[PTC_NS_NET] = inum++;
		learn(ns, 177);
	}
	assert_true(inum < most);
	assert_int_equal(owner_of(first), 0);
	assert_int_equal(owner_of(first + 1), 177);
	assert_int_equal(owner_of(inum - 1), 177);
	ns[PTC_NS_NET] = inum;
	learn(ns, 178);
	assert_int_equal(owner_of(first + 1), 0);
	assert_int_equal(owner_of(first + 2), 177);
	assert_int_equal(owner_of(inum), 178);
}

/* Sandboxes by the thousand do not make it forget whose a quiet container's are. */
static void test_limit_with_groups(void **state)
{
	const uint32_t first = 1000, many = 40000;
	uint32_t ns[PTC_NS_COUNT];

	(void)state;
	ns_owner_set_host(owner, host);
	memcpy(ns, host, sizeof(ns));
	/* What becomes a container's is none of the groups' any more. */
	ns[PTC_NS_NET] = first;
	learn_group(ns, first);
	learn(ns, 178);
	web(ns);
	learn(ns, 177);
	memcpy(ns, host, sizeof(ns));
	for (uint32_t inum = first + 1; inum < first + many; inum++) {
		ns[PTC_NS_NET] = inum;
		learn_group(ns, inum);
	}
	assert_int_equal(owner_of(first), 178);
	assert_int_equal(owner_of(WEB_NET), 177);
	assert_int_equal(owner_of(WEB_PID), 177);
	assert_null(ns_owner_find(owner, first + 1));
	assert_non_null(ns_owner_find(owner, first + many - 1));
}

static void test_free_nothing(void **state)
{
	(void)state;
	ns_owner_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_host),
		TEST(test_isolated),
		TEST(test_learn),
		TEST(test_learn_only_where_it_lives),
		TEST(test_forget),
		TEST(test_shared),
		TEST(test_holder),
		TEST(test_groups),
		TEST(test_same_lesson),
		TEST(test_limit),
		TEST(test_limit_with_groups),
		TEST(test_free_nothing),
	};

	return cmocka_run_group_tests_name("ns_owner", tests, NULL, NULL);
}
