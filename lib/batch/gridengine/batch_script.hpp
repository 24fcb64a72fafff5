// The script that qsub gets by standard input: it runs the wrapper of one task and passes on what Grid Engine
// says.
//
// Grid Engine knows no "please end": qdel kills. With -notify it sends SIGUSR2 to the whole process group
// before, and SIGUSR1 before a suspension; the time between is the queue's `notify` (60 s by default), and a
// job's time limit h_rt does the same. Such signals kill a script that does not expect them. So the wrapper
// and everything below ignore both, and this script alone turns them into what they shall mean:
//   SIGUSR2                   TERM to the wrapper, and after the stage's grace the end of the process group
//   SIGUSR1, then SIGUSR2     the end of the process group at once: `qmod -sj` and `qdel`, how a job is
//   killed SIGUSR1 alone             nothing; SIGCONT forgets it
#pragma once

#include <string>

#include "base/time.hpp"

namespace tw::gridengine {

std::string batch_script(const std::string& launch, Seconds grace);

}  // namespace tw::gridengine
