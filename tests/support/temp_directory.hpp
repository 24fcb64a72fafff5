// A fresh directory of the real disk, removed with all its content.
#pragma once

#include <boost/filesystem/operations.hpp>
#include <cstdlib>
#include <string>

namespace tw::support {

class TempDirectory {
public:
    TempDirectory() {
        const char* base = std::getenv("TMPDIR");
        path_ = std::string(base && *base ? base : "/tmp") + "/trialwatch-XXXXXX";
        if (!::mkdtemp(path_.data())) std::abort();
    }
    ~TempDirectory() {
        boost::system::error_code ignored;
        boost::filesystem::remove_all(path_, ignored);
    }
    TempDirectory(const TempDirectory&) = delete;
    TempDirectory& operator=(const TempDirectory&) = delete;

    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

}  // namespace tw::support
