#include <algorithm>

#include "ports/path.hpp"
#include "support/virtual_run.hpp"

namespace tw::support {

namespace {

std::string whole_line(const VirtualNode& node, std::string_view line) {
    std::string text = !node.content.empty() && node.content.back() != '\n' ? "\n" : "";
    text += line;
    if (line.empty() || line.back() != '\n') text += '\n';
    return text;
}

}  // namespace

class VirtualAppender final : public Appender {
public:
    VirtualAppender(VirtualFileSystem& fs, VirtualDisk::Node node, std::string path)
        : fs_(fs),
          disk_(fs.disk()),
          node_(std::move(node)),
          path_(std::move(path)),
          born_(disk_->crashes()) {}

    Status append(std::string_view bytes) override {
        return guarded("append", [&](const Fault* fault) -> Status {
            if (fault && !fault->happens) {
                std::int64_t kept = std::clamp<std::int64_t>(fault->torn, 0, std::ssize(bytes));
                disk_->write(*node_, bytes.substr(0, static_cast<std::size_t>(kept)));
                return {};
            }
            if (disk_->write(*node_, bytes) == std::ssize(bytes)) return {};
            return no(Code::no_space, {"append", path_, ""}, "No space left on device");
        });
    }

    Status sync() override {
        return guarded("append_sync", [&](const Fault* fault) -> Status {
            if (!fault || fault->happens) VirtualDisk::sync(*node_);
            return {};
        });
    }

private:
    template <class Call>
    Status guarded(const char* op, Call call) {
        Access access{op, path_, ""};
        if (born_ != disk_->crashes()) return no(Code::stale, access, "the disk has crashed since");
        if (broken_) return no(Code::io, access, "an earlier call failed");
        Status status = fs_.run(access, call);
        broken_ = !status;
        return status;
    }

    VirtualFileSystem& fs_;
    std::shared_ptr<VirtualDisk> disk_;
    VirtualDisk::Node node_;
    std::string path_;
    int born_;
    bool broken_ = false;
};

Status VirtualFileSystem::create(const std::string& path, std::string_view bytes, std::uint32_t mode) {
    Access access{"create", path, ""};
    return run(access, [&](const Fault* fault) -> Status {
        auto where = place(path);
        if (!where) return fail(where.error());
        if (where->existing()) return no(Code::exists, access, "File exists");
        auto node = add(*where, FileKind::file, mode);
        std::string_view kept = bytes;
        if (fault && fault->torn >= 0) kept = bytes.substr(0, static_cast<std::size_t>(fault->torn));
        if (disk_->write(*node, kept) == std::ssize(kept)) return {};
        detach(*where);
        return no(Code::no_space, access, "No space left on device");
    });
}

Result<std::unique_ptr<Appender>> VirtualFileSystem::create_appender(const std::string& path) {
    Access access{"create_appender", path, ""};
    return run(access, [&](const Fault*) -> Result<std::unique_ptr<Appender>> {
        auto where = place(path);
        if (!where) return fail(where.error());
        if (where->existing()) return no(Code::exists, access, "File exists");
        return std::make_unique<VirtualAppender>(*this, add(*where, FileKind::file, 0666), path);
    });
}

Status VirtualFileSystem::append_line(const std::string& path, std::string_view line) {
    Access access{"append_line", path, ""};
    return run(access, [&](const Fault* fault) -> Status {
        auto where = place(path);
        if (!where) return fail(where.error());
        auto node = where->existing();
        if (node && node->kind != FileKind::file) return no(Code::refused, access, "not a regular file");
        if (!node) node = add(*where, FileKind::file, 0666);
        std::string text = whole_line(*node, line);
        if (fault && fault->torn >= 0) text.resize(std::min<std::size_t>(text.size(), fault->torn));
        if (disk_->write(*node, text) == std::ssize(text)) return {};
        return no(Code::no_space, access, "No space left on device");
    });
}

Status VirtualFileSystem::sync(const std::string& path) {
    Access access{"sync", path, ""};
    return run(access, [&](const Fault*) -> Status {
        auto normal = normal_path(path);
        if (!normal) return fail(normal.error());
        auto node = disk_->find(*normal);
        if (!node) return fail(node.error());
        if ((*node)->kind == FileKind::symlink)
            return no(Code::refused, access, "a symbolic link is in the way");
        VirtualDisk::sync(**node);
        return {};
    });
}

Status VirtualFileSystem::sync_all() {
    return run({"sync_all", "", ""}, [&](const Fault*) -> Status {
        disk_->sync_all();
        return {};
    });
}

}  // namespace tw::support
