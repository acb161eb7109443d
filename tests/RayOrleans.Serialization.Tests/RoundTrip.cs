namespace RayOrleans.Serialization.Tests;

/// <summary>Writes and reads values through the flat form, and compares them by their bytes.</summary>
internal static class RoundTrip
{
    public static readonly ValueSerializer Serializer = new();

    /// <summary>A copy made through bytes; also checks that both ways of flattening agree, and that the copy has the same bytes.</summary>
    public static T Of<T>(T value, IReferenceTracker? tracker = null)
    {
        byte[] bytes = Serializer.SerializeToArray(value, tracker);
        using (SerializedValue flat = Serializer.Serialize(value, tracker))
        {
            Assert.Equal(bytes.Length, flat.TotalLength);
            var parts = new BlockRecorder(flat.TotalLength);
            flat.CopyTo(parts);
            Assert.Equal(bytes, parts.Bytes);
            Assert.Equal(bytes, flat.ToArray());
        }

        return Serializer.Deserialize<T>(new ArraySource(bytes), tracker);
    }

    /// <summary>As <see cref="Of{T}"/>, and the copy must write the same bytes as the original.</summary>
    public static T Same<T>(T value, IReferenceTracker? tracker = null)
    {
        T copy = Of(value, tracker);
        Assert.Equal(Serializer.SerializeToArray(value, tracker), Serializer.SerializeToArray(copy, tracker));
        return copy;
    }
}
