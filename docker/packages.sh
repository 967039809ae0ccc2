# The engine out of Debian's packages, unpacked below the given directory. compose comes from Debian 13, the first whose
# archive holds the plugin; its list lies apart from the system's own.
download() (
    cd "$1"
    mkdir -p lists/partial cache/archives/partial config/cli-plugins
    mirror=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >list
    options=(-o "Dir::Etc::sourcelist=$PWD/list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$PWD/lists"
        -o "Dir::Cache=$PWD/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
    apt-get -qq "${options[@]}" update
    apt-get -qq "${options[@]}" download docker-compose
    apt-get -qq -o APT::Sandbox::User=root download docker.io containerd runc
    for package in ./*.deb; do dpkg -x "$package" unpacked; done
    ln -s "$PWD/unpacked/usr/libexec/docker/cli-plugins/docker-compose" config/cli-plugins/
)
