using System.Numerics;

namespace RayOrleans.Runtime.Wire;

/// <summary>The immutable types of the framework and of this library that become themselves again wherever they arrive.</summary>
internal static class PlainForms
{
    // The order is part of the format: append only.
    private static readonly PlainForm[] All =
    [
        PlainForm.Of<string>((o, v) => o.WriteText(v), (ref WireReader r) => r.ReadRequiredText()),
        PlainForm.Of<bool>((o, v) => o.WriteByte(v ? (byte)1 : (byte)0), (ref WireReader r) => r.ReadBool()),
        PlainForm.Bits<byte>(), PlainForm.Bits<sbyte>(), PlainForm.Bits<short>(), PlainForm.Bits<ushort>(), PlainForm.Bits<int>(), PlainForm.Bits<uint>(),
        PlainForm.Bits<long>(), PlainForm.Bits<ulong>(), PlainForm.Bits<char>(), PlainForm.Bits<float>(), PlainForm.Bits<double>(), PlainForm.Bits<Half>(),
        PlainForm.Bits<Int128>(), PlainForm.Bits<UInt128>(), PlainForm.Bits<Guid>(), PlainForm.Bits<TimeSpan>(), PlainForm.Bits<Complex>(),
        PlainForm.Bits<Index>(), PlainForm.Bits<Range>(), PlainForm.Bits<TaskId>(), PlainForm.Bits<ActorId>(),
        PlainForm.Bits<JobId>(), PlainForm.Bits<NodeId>(), PlainForm.Bits<WorkerId>(),
        PlainForm.Of<ObjectId>((o, v) => o.WriteId(v), (ref WireReader r) => r.ReadObjectId()),
        PlainForm.Of<decimal>(
            (o, v) => Array.ForEach(decimal.GetBits(v), part => o.WriteBits(part)),
            (ref WireReader r) => new decimal([r.ReadBits<int>(), r.ReadBits<int>(), r.ReadBits<int>(), r.ReadBits<int>()])),
        PlainForm.Of<DateTime>(
            (o, v) => { o.WriteBits(v.Ticks); o.WriteByte((byte)v.Kind); },
            (ref WireReader r) => new DateTime(r.ReadBits<long>(), (DateTimeKind)r.ReadByte())),
        PlainForm.Of<DateTimeOffset>(
            (o, v) => { o.WriteBits(v.Ticks); o.WriteBits(v.Offset.Ticks); },
            (ref WireReader r) => new DateTimeOffset(r.ReadBits<long>(), new TimeSpan(r.ReadBits<long>()))),
        PlainForm.Of<DateOnly>((o, v) => o.WriteBits(v.DayNumber), (ref WireReader r) => DateOnly.FromDayNumber(r.ReadBits<int>())),
        PlainForm.Of<TimeOnly>((o, v) => o.WriteBits(v.Ticks), (ref WireReader r) => new TimeOnly(r.ReadBits<long>())),
        PlainForm.Of<BigInteger>((o, v) => o.WriteBlock(v.ToByteArray()), (ref WireReader r) => new BigInteger(r.ReadBlock())),
        PlainForm.Of<Uri>((o, v) => o.WriteText(v.OriginalString), (ref WireReader r) => new Uri(r.ReadRequiredText(), UriKind.RelativeOrAbsolute)),
        PlainForm.Of<Version>((o, v) => o.WriteText(v.ToString()), (ref WireReader r) => Version.Parse(r.ReadRequiredText())),
    ];

    private static readonly Dictionary<Type, byte> Numbers = All.Select((form, i) => (form.Type, i)).ToDictionary(p => p.Type, p => (byte)p.i);

    public static PlainForm? Find(Type type, out byte number) => Numbers.TryGetValue(type, out number) ? All[number] : null;

    public static PlainForm? Find(byte number) => number < All.Length ? All[number] : null;
}
