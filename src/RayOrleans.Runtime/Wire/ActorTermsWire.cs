using System.Buffers;
using RayOrleans.Core;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Wire;

/// <summary>
/// An actor's terms as bytes. Its constructor travels as a call does.
/// <code>
/// ActorTermsWire.Write(output, ActorTerms.Of(actor));
/// ActorRecord copy = ActorTermsWire.Read(ref reader).ToRecord(node, id, serializer);
/// </code>
/// </summary>
internal static class ActorTermsWire
{
    private const byte Detached = 1;
    private const byte TakesTurns = 2;
    private const byte OutOfOrder = 4;
    private const byte KeepsResources = 8;

    public static void Write(IBufferWriter<byte> output, ActorTerms terms)
    {
        ActorOptions options = terms.Options;
        output.WriteByte((byte)(
            (options.IsDetached ? Detached : 0) | (options.TakesTurns ? TakesTurns : 0) | (options.AllowOutOfOrder ? OutOfOrder : 0)
            | (options.KeepsResources ? KeepsResources : 0)));
        output.WriteText(options.Name);
        output.WriteText(options.Namespace);
        output.WriteBound(options.MaxRestarts);
        output.WriteCount(options.MaxConcurrency);
        output.WriteBound(options.MaxPendingCalls);
        output.WriteText(terms.ClassName);
        output.WriteBlock(terms.TypeName);
        output.WriteCount(terms.Groups.Count);
        for (int i = 0; i < terms.Groups.Count; i++)
        {
            output.WriteText(terms.Groups[i]);
            output.WriteCount(options.LaneLimits[i]);
        }

        TaskTermsWire.Write(output, new TaskTerms(terms.CallOptions, null, null));
    }

    /// <exception cref="RaySerializationException">The bytes are damaged.</exception>
    public static ActorTerms Read(ref WireReader reader)
    {
        byte flags = reader.ReadByte();
        string? name = reader.ReadText();
        string @namespace = reader.ReadRequiredText();
        int maxRestarts = reader.ReadBound();
        int maxConcurrency = reader.ReadNumber();
        int maxPendingCalls = reader.ReadBound();
        string className = reader.ReadRequiredText();
        byte[] typeName = reader.ReadBlock().ToArray();
        string[] groups = new string[reader.ReadCount(2)];
        int[] limits = new int[groups.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = reader.ReadRequiredText();
            limits[i] = reader.ReadNumber();
        }

        if (maxConcurrency < 1 || Array.Exists(limits, l => l < 1) || groups.Distinct(StringComparer.Ordinal).Count() != groups.Length)
        {
            throw WireReader.Damaged("an actor's concurrency limits");
        }

        return new ActorTerms
        {
            Options = new ActorOptions
            {
                Name = name,
                Namespace = @namespace,
                IsDetached = (flags & Detached) != 0,
                MaxRestarts = maxRestarts,
                TakesTurns = (flags & TakesTurns) != 0,
                MaxConcurrency = maxConcurrency,
                AllowOutOfOrder = (flags & OutOfOrder) != 0,
                LaneLimits = limits,
                MaxPendingCalls = maxPendingCalls,
                KeepsResources = (flags & KeepsResources) != 0,
            },
            ClassName = className,
            TypeName = typeName,
            Groups = groups,
            CallOptions = TaskTermsWire.Read(ref reader, null).Options,
        };
    }
}
