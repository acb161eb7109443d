using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Collections;

/// <summary>Comparers of collections: the usual ones by number, others as objects.</summary>
internal static class ComparerForm
{
    private const byte Default = 0;
    private const byte Object = 255;

    private static readonly object[] Singletons =
    [
        StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase,
        ReferenceEqualityComparer.Instance,
    ];

    /// <summary>The number of a comparer that exists once per process; 0 for others.</summary>
    public static byte NumberOf(object comparer) => (byte)(Array.FindIndex(Singletons, s => ReferenceEquals(s, comparer) || IsSameCulture(s, comparer)) + 1);

    public static object Singleton(byte number) =>
        number >= 1 && number <= Singletons.Length ? Singletons[number - 1] : throw new CorruptValueException($"comparer number {number}");

    /// <summary>The comparer, or null where it is the one that is used anyway.</summary>
    public static object? UnlessDefault(object? comparer, object defaultComparer) => ReferenceEquals(comparer, defaultComparer) ? null : comparer;

    public static void Write(WriteContext w, Codec<object?> objects, object? comparer, object? defaultComparer)
    {
        if (comparer is null || ReferenceEquals(comparer, defaultComparer))
        {
            w.WriteByte(Default);
        }
        else if (NumberOf(comparer) is byte number and not 0)
        {
            w.WriteByte(number);
        }
        else
        {
            w.WriteByte(Object);
            w.WholeDepth++;
            objects.Write(w, comparer);
            w.WholeDepth--;
        }
    }

    public static object? Read(ReadContext r, Codec<object?> objects) => r.ReadByte() switch
    {
        Default => null,
        Object => objects.Read(r) ?? throw new CorruptValueException("a null comparer"),
        byte number => Singleton(number),
    };

    private static bool IsSameCulture(object singleton, object comparer) =>
        singleton.GetType() == comparer.GetType() && singleton is StringComparer && singleton.Equals(comparer);
}
