// SPDX-License-Identifier: Apache-2.0
/*
 * fstype.c - what a file system is, by the type that mountinfo gives
 */
#include "base/fstype.h"

#include <stddef.h>

static bool is_one_of(struct str type, const struct str *types, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_eq(type, types[i]))
			return true;
	return false;
}

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

	return is_one_of(type, types, sizeof(types) / sizeof(types[0]));
}

bool fstype_may_wait(struct str type)
{
	static const struct str types[] = {
		STR_LITERAL("fuse"),   STR_LITERAL("fuseblk"), STR_LITERAL("nfs"),
		STR_LITERAL("nfs4"),   STR_LITERAL("cifs"),    STR_LITERAL("smb3"),
		STR_LITERAL("smbfs"),  STR_LITERAL("ceph"),    STR_LITERAL("afs"),
		STR_LITERAL("coda"),   STR_LITERAL("lustre"),  STR_LITERAL("gpfs"),
		STR_LITERAL("beegfs"), STR_LITERAL("pvfs2"),   STR_LITERAL("ncpfs"),
		STR_LITERAL("panfs"),  STR_LITERAL("autofs"),
	};

	return str_has_prefix(type, STR_LITERAL("fuse.")) ||
	       is_one_of(type, types, sizeof(types) / sizeof(types[0]));
}
