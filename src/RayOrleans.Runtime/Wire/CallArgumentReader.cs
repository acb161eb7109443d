using RayOrleans.Core;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Runtime.Wire;

/// <summary>Reads the packed arguments of one call at a time; one per thread, reused.</summary>
internal sealed class CallArgumentReader : CallReader
{
    private ReadContext _input = null!;
    private InputHold _hold = null!;
    private ObjectEntry[] _inputs = [];
    private int _dependencies;
    private int _nextDependency;
    private int _nextContained;

    public void Begin(ReadContext input, InputHold hold, ObjectEntry[] inputs, int dependencies)
    {
        if (dependencies > inputs.Length)
        {
            throw new CorruptValueException($"the call has {dependencies} dependencies, and the task {inputs.Length} inputs");
        }

        _input = input;
        _hold = hold;
        _inputs = inputs;
        _dependencies = dependencies;
        _nextDependency = 0;
        _nextContained = dependencies;
    }

    /// <summary>Checks that every input was used.</summary>
    public void Finish()
    {
        if (_nextDependency != _dependencies || _nextContained != _inputs.Length)
        {
            throw new CorruptValueException(
                $"the call uses {_nextDependency} of its {_dependencies} dependencies and {_nextContained - _dependencies} of the {_inputs.Length - _dependencies} objects it refers to");
        }
    }

    public void End()
    {
        _input = null!;
        _hold = null!;
        _inputs = [];
    }

    /// <summary>The objects that the next packed part refers to; null: none.</summary>
    public ObjectEntry[]? TakeContained()
    {
        int count = _input.ReadCount();
        if (count > _inputs.Length - _nextContained)
        {
            throw new CorruptValueException($"a part of the call refers to {count} objects where {_inputs.Length - _nextContained} are left");
        }

        ObjectEntry[]? contained = count == 0 ? null : _inputs[_nextContained..(_nextContained + count)];
        _nextContained += count;
        return contained;
    }

    public override Arg<T> Read<T>()
    {
        ArgumentTag tag = (ArgumentTag)_input.ReadByte();
        switch (tag)
        {
            case ArgumentTag.Default:
                return default;
            case ArgumentTag.Actor:
                return Arg<T>.Actor;
            case ArgumentTag.Reference:
                return _nextDependency < _dependencies
                    ? new ObjectRef<T>(_hold, _inputs[_nextDependency++])
                    : throw new CorruptValueException($"the call refers to more than its {_dependencies} dependencies");
            case ArgumentTag.Packed when !ValueTraits<T>.IsImmutable:
                ObjectEntry[]? contained = TakeContained();
                return new Arg<T> { Packed = new PackedArgument(_input.ReadBytes(_input.ReadCount()).ToArray(), contained) };
            case ArgumentTag.Value when ValueTraits<T>.IsImmutable:
                return _input.Serializer.CodecOf<T>().Read(_input);
            default:
                throw new CorruptValueException($"tag {(byte)tag} stands where an argument of type {typeof(T)} is expected");
        }
    }
}
