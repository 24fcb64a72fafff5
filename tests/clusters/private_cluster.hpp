// A batch system of a test program's own: tests/clusters/KIND/up.sh and down.sh, see there.
#pragma once

#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/text.hpp"

namespace tw::clusters {

class PrivateCluster {
public:
    static constexpr int skipped = 77;

    // `settings`: "K=V ..." for up.sh. A status that is not 0 is what the program should leave with.
    explicit PrivateCluster(const std::string& kind, const std::string& settings = {})
        : scripts_(std::string(CLUSTERS_DIR) + "/" + kind),
          directory_((boost::filesystem::temp_directory_path() / boost::filesystem::unique_path("tw-%%%%%%"))
                         .string()) {
        status =
            run("env " + settings + " " + shell_quote(scripts_ + "/up.sh") + " " + shell_quote(directory_));
        if (status == 0) read_environment();
    }
    ~PrivateCluster() {
        run(shell_quote(scripts_ + "/down.sh") + " " + shell_quote(directory_));
        boost::system::error_code ignored;
        boost::filesystem::remove_all(directory_, ignored);
    }
    PrivateCluster(const PrivateCluster&) = delete;

    // A script beside up.sh, which gets the directory first.
    int script(const std::string& name, const std::string& arguments) const {
        return run(shell_quote(scripts_ + "/" + name) + " " + shell_quote(directory_) + " " + arguments);
    }
    int command(const std::string& line) const { return run(line); }

    int status = 0;

private:
    static int run(const std::string& line) {
        int status = std::system(line.c_str());
        return status % 256 == 0 ? status / 256 : 1;
    }

    // DIR/env becomes this program's environment, as a user's shell would have it.
    void read_environment() const {
        std::FILE* pipe = ::popen(("bash -c '. " + directory_ + "/env && env'").c_str(), "r");
        char line[8192];
        while (pipe && std::fgets(line, sizeof line, pipe)) {
            std::string text(trim(line));
            std::size_t equals = text.find('=');
            if (equals != text.npos)
                ::setenv(text.substr(0, equals).c_str(), text.substr(equals + 1).c_str(), 1);
        }
        if (pipe) ::pclose(pipe);
    }

    std::string scripts_, directory_;
};

}  // namespace tw::clusters
