// Inside of VirtualFileSystem: what each operation goes through.
#pragma once

#include "support/virtual_filesystem.hpp"

namespace tw::support {

inline tl::unexpected<Error> no(Code code, const Access& access, const std::string& why) {
    std::string target = access.to.empty() ? access.path : access.path + " to " + access.to;
    return fail(code, "cannot " + access.op + " " + target + ": " + why,
                access.to.empty() ? access.path : access.to);
}

// Records, then lets `call` act; it gets the fault that strikes, if any, and is left out where the fault
// leaves nothing behind.
template <class Call>
auto VirtualFileSystem::run(Access access, Call call) -> decltype(call(static_cast<const Fault*>(nullptr))) {
    accesses.push_back(access);
    if (hook_) {
        if (auto status = hook_(access); !status) return fail(status.error());
    }
    const Fault* fault = strike(access);
    if (!fault) return call(nullptr);
    Error error = no(fault->code, access, "injected").value();
    if (!fault->happens && fault->torn < 0) return fail(error);
    auto result = call(fault);
    if (result) return fail(error);
    return result;
}

}  // namespace tw::support
