// A real pool, whose programs are the ones in PATH from its start to its end.
#pragma once

#include <dirent.h>
#include <sys/types.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/temp_directory.hpp"

namespace tw::clusters {

class CondorPool {
public:
    static constexpr int slots = 16;  // jobs of one CPU that run at once

    // Leaves the program with 77 where HTCondor is not there: skipped, not passed. `scripts`: this directory.
    explicit CondorPool(const std::string& scripts) : scripts_(scripts) {
        ::setenv("SLOTS", std::to_string(slots).c_str(), 1);
        int status = std::system(("'" + scripts_ + "/up.sh' " + directory_.path()).c_str());
        if (status == 77 << 8) std::exit(77);
        if (status != 0) throw std::runtime_error("the pool did not start");
        ::setenv("PATH", (directory_ / "bin:" + path_).c_str(), 1);
    }
    ~CondorPool() {
        stop();
        ::setenv("PATH", path_.c_str(), 1);
    }
    CondorPool(const CondorPool&) = delete;
    CondorPool& operator=(const CondorPool&) = delete;

    // This pool's daemons of that name, as /proc tells them.
    std::vector<pid_t> daemons(const std::string& name) const {
        std::vector<pid_t> found;
        DIR* proc = ::opendir("/proc");
        while (const dirent* entry = proc ? ::readdir(proc) : nullptr) {
            const std::string place = std::string("/proc/") + entry->d_name;
            if (entry->d_name[0] < '0' || entry->d_name[0] > '9' || read(place + "/comm") != name + "\n")
                continue;
            if (read(place + "/environ").find("CONDOR_CONFIG=" + directory_ / "condor_config") ==
                std::string::npos)
                continue;
            found.push_back(std::atoi(entry->d_name));
        }
        if (proc) ::closedir(proc);
        return found;
    }
    void signal(const std::string& daemon, int number) const {
        for (pid_t pid : daemons(daemon)) ::kill(pid, number);
    }
    // The schedd is away until the master, which would start it again, may go on.
    void stop_schedd() const {
        signal("condor_master", SIGSTOP);
        signal("condor_schedd", SIGKILL);
    }
    void start_schedd() const { signal("condor_master", SIGCONT); }

private:
    static std::string read(const std::string& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void stop() const {
        start_schedd();
        if (std::system(("'" + scripts_ + "/down.sh' " + directory_.path()).c_str()) != 0) std::abort();
    }

    std::string scripts_, path_ = std::getenv("PATH");
    support::TempDirectory directory_;
};

}  // namespace tw::clusters
