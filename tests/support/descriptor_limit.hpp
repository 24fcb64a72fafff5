// While it lives no more than so many more files can be opened.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

namespace tw::support {

class DescriptorLimit {
public:
    explicit DescriptorLimit(int more) {
        int lowest = ::dup(0);
        ::close(lowest);
        ::getrlimit(RLIMIT_NOFILE, &usual_);
        rlimit tight{static_cast<rlim_t>(lowest + more), usual_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &tight);
    }
    ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &usual_); }
    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;

private:
    rlimit usual_{};
};

}  // namespace tw::support
