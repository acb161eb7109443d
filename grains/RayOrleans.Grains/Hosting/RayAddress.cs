using System.Diagnostics.CodeAnalysis;

namespace RayOrleans.Grains;

/// <summary>The address of a node, as users write it: <c>ray://host:port</c>, or without the scheme.</summary>
internal sealed record RayAddress(string Host, int Port)
{
    private const string Scheme = "ray://";

    public static bool TryParse(string text, [NotNullWhen(true)] out RayAddress? address)
    {
        string full = text.Contains("://", StringComparison.Ordinal) ? text : Scheme + text;
        address = Uri.TryCreate(full, UriKind.Absolute, out Uri? uri) && uri is { Scheme: "ray", Port: > 0 } && uri.Host.Length > 0
            ? new RayAddress(uri.DnsSafeHost, uri.Port)
            : null;
        return address is not null;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"{Scheme}[{Host}]:{Port}" : $"{Scheme}{Host}:{Port}";
}
