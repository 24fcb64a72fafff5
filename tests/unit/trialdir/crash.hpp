// Pulls the plug before each operation of a piece of work.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "support/virtual_filesystem.hpp"

namespace tw::test {

using support::VirtualDisk;
using support::VirtualFileSystem;

using OnFileSystem = std::function<void(VirtualFileSystem&)>;

struct PulledPlug {};

// Whether an unsynced change reached the disk: never, always (only the process died), or some of them.
inline std::function<bool()> survival(unsigned seed) {
    if (seed == 0) return {};
    if (seed == 1) return [] { return true; };
    return [state = seed]() mutable { return (state = state * 1103515245 + 12345) >> 16 & 1; };
}

// One life: `prepare` is durable, `work` dies before its operation number `last` (from 0). true: it got
// through to its end.
inline bool live_until(int last, VirtualFileSystem& fs, const OnFileSystem& prepare,
                       const OnFileSystem& work) {
    prepare(fs);
    (void)fs.sync_all();
    int count = 0;
    fs.on_access([&](const support::Access&) -> Status {
        if (count++ == last) throw PulledPlug();
        return {};
    });
    try {
        work(fs);
    } catch (const PulledPlug&) {
        return false;
    }
    return true;
}

// `check` sees the disk afterwards through a new view, and whether the work had come to its end.
inline void crash_everywhere(const OnFileSystem& prepare, const OnFileSystem& work,
                             const std::function<void(VirtualFileSystem&, bool)>& check) {
    for (unsigned seed = 0; seed < 8; ++seed) {
        bool ended = false;
        for (int last = 0; !ended; ++last) {
            ASSERT_LT(last, 1000);
            VirtualFileSystem fs;
            ended = live_until(last, fs, prepare, work);
            fs.disk()->crash(survival(seed));
            VirtualFileSystem after(fs.disk());
            SCOPED_TRACE(testing::Message() << "dies before operation " << last << ", survival " << seed);
            check(after, ended);
        }
    }
}

}  // namespace tw::test
