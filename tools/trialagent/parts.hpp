// What an agent of several hosts starts elsewhere: the same program, by a first word that no person types.
#pragma once

namespace tw {

// trialagent --as-host ROOT ID: looks after an agent's jobs on this host.
int run_as_host(int argc, char** argv);

// trialagent --as-rank WORD COMMAND...: becomes that command, on the CPUs of this rank.
int run_as_rank(int argc, char** argv);

}  // namespace tw
