#include "posix/scratch.hpp"

#include <cstdlib>

#include "posix/errors.hpp"
#include "posix/fd.hpp"

namespace tw {

Result<std::string> PosixScratch::make() {
    std::string path = parent_ + "/trialwatch-XXXXXX";
    if (!::mkdtemp(path.data())) return fail_errno("make a directory in", parent_);
    return path;
}

// Most runs leave it empty. Else a tree of any size: the caller has jobs to look after.
void PosixScratch::remove(const std::string& directory) {
    if (::rmdir(directory.c_str()) == 0) return;
    Spawn spawn;
    spawn.argv = {"rm", "-rf", "--", directory};
    spawn.environment = processes_.environment();
    (void)processes_.spawn(spawn);
}

}  // namespace tw
