using System.Globalization;
using System.Net;

namespace RayOrleans.Silo.Chaos.Network;

/// <summary>Whose the other end of a loopback connection is, as Linux lists it.</summary>
internal static class SocketOwner
{
    private const int LocalColumn = 1;
    private const int RemoteColumn = 2;
    private const int InodeColumn = 9;

    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>The process at the other end, if it is one of these.</summary>
    /// <param name="remote">The other end of an accepted connection.</param>
    /// <param name="local">This end.</param>
    /// <param name="candidates">Processes of this user.</param>
    public static int? Find(IPEndPoint remote, IPEndPoint local, IEnumerable<int> candidates)
    {
        if (InodeOf(remote.Port, local.Port) is not { } inode)
        {
            return null;
        }

        string link = $"socket:[{inode}]";
        foreach (int process in candidates)
        {
            if (Holds(process, link))
            {
                return process;
            }
        }

        return null;
    }

    private static string? InodeOf(int port, int peer) => Tables
        .Where(File.Exists)
        .SelectMany(File.ReadLines)
        .Skip(1)
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .FirstOrDefault(columns => columns.Length > InodeColumn && PortOf(columns[LocalColumn]) == port && PortOf(columns[RemoteColumn]) == peer)?[InodeColumn];

    /// <summary>The port of <c>0100007F:1F90</c>; -1 for a headline.</summary>
    private static int PortOf(string endPoint) =>
        int.TryParse(endPoint.AsSpan(endPoint.LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int port) ? port : -1;

    private static bool Holds(int process, string link)
    {
        try
        {
            return new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd")).EnumerateFiles().Any(file => file.LinkTarget == link);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is ending.
            return false;
        }
    }
}
