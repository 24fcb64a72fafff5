#include "support/wrapper_twin.hpp"

#include <algorithm>

#include "trialdir/layout.hpp"

namespace tw::support {

namespace {

constexpr int started_nothing = 75;

class Wrapper {
public:
    Wrapper(FileSystem& fs, const WrapperArguments& arguments, const WrapperSite& site)
        : fs_(fs), arguments_(arguments), site_(site) {}

    int run() {
        auto identity = fs_.read(layout::identity, 0, 1 << 20);
        if (!identity || identity->find("\"id\":\"") == std::string::npos) return refuse(1);
        if (identity->find("\"id\":\"" + arguments_.id + "\"") == std::string::npos) return started_nothing;
        if (!is_directory(directory())) return refuse(2);
        site_.entered();
        if (!is_directory(spool())) return started_nothing;
        return claim();
    }

private:
    std::string directory() const { return layout::trial(arguments_.trial); }
    std::string spool() const { return layout::spool + "/" + arguments_.shard; }

    bool is_directory(const std::string& path) {
        auto stat = fs_.stat(path);
        return stat && stat->kind == FileKind::directory;
    }

    bool exists(const std::string& path) {
        if (fs_.stat(path)) return true;
        auto slash = path.rfind('/');
        auto entries = fs_.list(path.substr(0, slash));
        return entries && std::any_of(entries->begin(), entries->end(),
                                      [&](auto& entry) { return entry.name == path.substr(slash + 1); });
    }

    void post(SpoolKind kind, int rc, bool marker) {
        std::string name = event_name({kind, arguments_.trial, arguments_.key, rc, marker, site_.self.host, site_.self.nonce});
        for (int tries = 0; tries < 5; ++tries)
            if (fs_.create(spool() + "/" + name, "") || exists(spool() + "/" + name)) return;
    }

    int refuse(int reason) {
        post(SpoolKind::infra, reason, false);
        return started_nothing;
    }

    int claim() {
        std::string path = layout::claim(arguments_.trial, arguments_.key);
        std::string words = site_.self.host + " " + site_.self.boot_id + " " + std::to_string(site_.self.pid) + " " +
                            std::to_string(site_.self.start_time) + " " + site_.self.nonce + "\n";
        auto made = fs_.create(path, words);
        if (!made && exists(path)) {
            post(SpoolKind::blocked, 0, false);
            return 0;
        }
        if (!made) return refuse(3);
        auto written = fs_.read(path, 0, 4096);
        if (!written || *written != words) return refuse(4);
        if (!fs_.read(layout::gate(arguments_.trial, arguments_.key.incarnation), 0, 1)) return refuse(5);
        if (runs_again()) return refuse(5);
        if (!arguments_.trial.starts_with('@') && exists(layout::outcome(arguments_.trial))) return refuse(6);
        return start();
    }

    // The gate of a later incarnation: a retry came meanwhile.
    bool runs_again() {
        auto entries = fs_.list(layout::claims_of(arguments_.trial));
        if (!entries) return false;
        return std::any_of(entries->begin(), entries->end(), [&](auto& entry) {
            bool gate = entry.name.starts_with("go.") && entry.name.size() > 3 &&
                        entry.name.find_first_not_of("0123456789", 3) == std::string::npos;
            return gate && std::stoll(entry.name.substr(3)) > arguments_.key.incarnation;
        });
    }

    int start() {
        bool told = false;
        int rc = site_.told_to_end() ? 143 : site_.command([&] {
            if (!std::exchange(told, true)) post(SpoolKind::timeout, 143, false);
        });
        bool marker = arguments_.done != "-" && exists(directory() + "/" + arguments_.done);
        post(SpoolKind::exit, rc, marker);
        return rc;
    }

    FileSystem& fs_;
    const WrapperArguments& arguments_;
    const WrapperSite& site_;
};

}  // namespace

int run_wrapper(FileSystem& fs, const WrapperArguments& arguments, const WrapperSite& site) {
    return Wrapper(fs, arguments, site).run();
}

}  // namespace tw::support
