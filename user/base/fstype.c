// SPDX-License-Identifier: Apache-2.0
/*
 * fstype.c - what a file system is, by the type that mountinfo gives
 */
#include "base/fstype.h"

#include <stddef.h>

bool fstype_is_kernels(struct str type)
{
	static const struct str types[] = {
		STR_LITERAL("proc"),	  STR_LITERAL("sysfs"),	     STR_LITERAL("cgroup"),
		STR_LITERAL("cgroup2"),	  STR_LITERAL("mqueue"),     STR_LITERAL("devpts"),
		STR_LITERAL("nsfs"),	  STR_LITERAL("bpf"),	     STR_LITERAL("debugfs"),
		STR_LITERAL("tracefs"),	  STR_LITERAL("securityfs"), STR_LITERAL("configfs"),
		STR_LITERAL("hugetlbfs"), STR_LITERAL("fusectl"),    STR_LITERAL("pstore"),
		STR_LITERAL("efivarfs"),  STR_LITERAL("selinuxfs"),  STR_LITERAL("binfmt_misc"),
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_eq(type, types[i]))
			return true;
	return false;
}
