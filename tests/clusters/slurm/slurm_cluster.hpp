// A private Slurm for one test program, and what is done to it.
#pragma once

#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "posix/commands.hpp"
#include "posix/processes.hpp"

namespace tw::clusters {

// In place of main(): a cluster for all tests of the program; 77, "skipped", where Slurm is not installed. Sets SLURM_CONF
// and PATH of this program.
class SlurmCluster {
public:
    // `settings` are variables of up.sh. Ends the program where it cannot be started.
    explicit SlurmCluster(const std::map<std::string, std::string>& settings) {
        directory_ = "/tmp/tw-sl-XXXXXX";  // short: unix sockets are in it
        if (!::mkdtemp(directory_.data())) std::abort();
        for (auto& [name, value] : settings) ::setenv(name.c_str(), value.c_str(), 1);
        int status = script("up.sh");
        if (status != 0) {
            stop();
            std::cout << (status == 77 ? "SKIPPED: Slurm is not installed\n" : "Slurm could not be started\n");
            std::exit(status == 77 ? 77 : 1);
        }
        ::setenv("SLURM_CONF", (directory_ + "/slurm.conf").c_str(), 1);
        ::setenv("PATH", (std::string(std::getenv("PATH")) + ":/usr/sbin:/sbin").c_str(), 1);
    }
    ~SlurmCluster() { stop(); }
    SlurmCluster(const SlurmCluster&) = delete;
    SlurmCluster& operator=(const SlurmCluster&) = delete;

    const std::string& directory() const { return directory_; }

    // What a command prints; a failed one prints its error too.
    std::string run(std::vector<std::string> argv, const std::string& input = {}) {
        auto result = commands_.run({std::move(argv), processes_.environment(), "/", input, Seconds(60)});
        return result ? result->output + result->error : result.error().text();
    }

    // "slurmctld", "slurmd.n1": signals the daemon, and waits for its end where the signal ends it.
    void signal(const std::string& daemon, int number) {
        std::ifstream file(directory_ + "/pid/" + daemon);
        int pid = 0;
        if (!(file >> pid) || pid <= 1) return;
        ::kill(pid, number);
        for (int i = 0; (number == SIGKILL || number == SIGTERM) && i < 1000 && lives(pid); ++i) ::usleep(10000);
    }
    void start_controller() { run({"slurmctld", "-f", directory_ + "/slurm.conf"}); }
    void start_node(const std::string& node) { run({"slurmd", "-f", directory_ + "/slurm.conf", "-N", node}); }

    // Every file of the controller and of the nodes, in one text: what Slurm keeps on disk.
    std::string saved() const {
        std::string text;
        for (const char* place : {"/state", "/spool"}) {
            for (auto& entry : boost::filesystem::recursive_directory_iterator(directory_ + place)) {
                if (!boost::filesystem::is_regular_file(entry.path())) continue;
                std::ifstream file(entry.path().string(), std::ios::binary);
                text.append(std::istreambuf_iterator<char>(file), {});
            }
        }
        return text;
    }

private:
    // A zombie has ended: process 1 may be slow to collect it.
    static bool lives(int pid) {
        std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
        std::string line((std::istreambuf_iterator<char>(file)), {});
        std::size_t state = line.rfind(')');
        return state != std::string::npos && line[state + 2] != 'Z';
    }

    int script(const std::string& name) {
        std::string path = std::string(SLURM_SCRIPTS) + "/" + name;
        auto result = commands_.run({{"bash", path, directory_}, processes_.environment(), "/", "", Seconds(120)});
        if (!result) return 1;
        std::cout << result->output << result->error;
        return result->status;
    }

    void stop() {
        script("down.sh");
        boost::system::error_code ignored;
        boost::filesystem::remove_all(directory_, ignored);
    }

    std::string directory_;
    PosixProcesses processes_;
    PosixCommands commands_;
};

}  // namespace tw::clusters
