using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace RayOrleans.Grains;

/// <summary>A hash that is the same in every process.</summary>
internal static class StableHash
{
    public static uint Of(string text) => XxHash32.HashToUInt32(MemoryMarshal.AsBytes(text.AsSpan()));
}
