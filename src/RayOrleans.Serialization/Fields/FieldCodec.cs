using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Fields;

/// <summary>One field of one type, found by its offset: private and read-only fields alike, without a call through reflection.</summary>
internal abstract class FieldCodec(string name, nint offset)
{
    /// <summary>The name as a person would write it.</summary>
    public string Name { get; } = name;

    /// <summary>The distance in bytes from the start of the object's or struct's data.</summary>
    protected nint Offset { get; } = offset;

    public abstract bool CompleteWhenRead { get; }

    /// <summary>The fewest bytes that the field takes.</summary>
    public abstract int MinBytes { get; }

    public abstract void Write(WriteContext w, ref byte origin);

    public abstract void Read(ReadContext r, ref byte origin);

    /// <summary>Copies the field from one object to another of the same type.</summary>
    public abstract void Copy(ref byte source, ref byte target);

    /// <summary>The field's value, boxed.</summary>
    public abstract object? Get(ref byte origin);

    /// <summary>Sets the field to a boxed value.</summary>
    public abstract void Set(ref byte origin, object? value);

    public static void WriteAll(FieldCodec[] fields, WriteContext w, ref byte origin)
    {
        int i = 0;
        try
        {
            for (; i < fields.Length; i++)
            {
                fields[i].Write(w, ref origin);
            }
        }
        catch (Exception) when (w.Path.Note(fields[i].Name))
        {
            throw;
        }
    }

    public static void ReadAll(FieldCodec[] fields, ReadContext r, ref byte origin)
    {
        int i = 0;
        try
        {
            for (; i < fields.Length; i++)
            {
                fields[i].Read(r, ref origin);
            }
        }
        catch (Exception) when (r.Path.Note(fields[i].Name))
        {
            throw;
        }
    }
}
