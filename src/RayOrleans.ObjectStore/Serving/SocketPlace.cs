using System.Net.Sockets;
using System.Text;

namespace RayOrleans.ObjectStore;

/// <summary>A directory (0700) that holds the socket, and a lock by which others see that its owner lives. Gone with <see cref="Dispose"/>; what a crash leaves, the next one removes.</summary>
internal sealed class SocketPlace : IDisposable
{
    private const string LockName = "owner";
    private const int LongestPath = 107;

    private readonly FileStream _lock;
    private readonly string _directory;

    public SocketPlace(string parent)
    {
        RemoveStale(parent);
        _directory = Path.Combine(parent, OwnedName.Next(OwnedName.SocketSuffix).ToString());
        SocketPath = Path.Combine(_directory, "socket");
        int length = Encoding.UTF8.GetByteCount(SocketPath);
        if (length > LongestPath)
            throw new ArgumentException($"The socket's path '{SocketPath}' has {length} bytes; {LongestPath} are possible. Set StoreServerOptions.Directory to a shorter one.", nameof(parent));
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_directory);
        else
            Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _lock = new FileStream(Path.Combine(_directory, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    public string SocketPath { get; }

    /// <summary>A listening socket that only this user can reach.</summary>
    public Socket Listen()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(512);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static void RemoveStale(string parent)
    {
        foreach (string path in Directory.EnumerateDirectories(parent, OwnedName.Prefix + "*" + OwnedName.SocketSuffix))
        {
            if (OwnedName.TryParse(Path.GetFileName(path), OwnedName.SocketSuffix, out OwnedName name) && !name.OwnerIsAlive())
                TryRemove(path);
        }
    }

    /// <summary>As with arena files, only the lock tells for owners in other containers.</summary>
    private static void TryRemove(string path)
    {
        try
        {
            string file = Path.Combine(path, LockName);
            if (File.Exists(file))
            {
                using FileStream exclusive = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }

            Directory.Delete(path, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // In use, or not ours: left to the next start.
        }
    }
}
