using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace RayOrleans.Analyzers;

/// <summary>One body: which locals hold objects' values, pins and windows, and where each is used last.</summary>
internal sealed class BodyCheck(IOperation body, Action<Diagnostic> report)
{
    /// <summary>Locals that hold what a get returned, and nothing else.</summary>
    private readonly Dictionary<ILocalSymbol, IOperation> _owners = new(SymbolEqualityComparer.Default);

    /// <summary>Locals that hold a pin, and where it is disposed of.</summary>
    private readonly Dictionary<ILocalSymbol, (IOperation Declared, int End)> _pins = new(SymbolEqualityComparer.Default);

    private readonly Dictionary<ILocalSymbol, List<IOperation>> _uses = new(SymbolEqualityComparer.Default);

    public void Run()
    {
        foreach (ILocalReferenceOperation use in body.Descendants().OfType<ILocalReferenceOperation>())
        {
            if (!_uses.TryGetValue(use.Local, out List<IOperation>? uses))
            {
                _uses.Add(use.Local, uses = []);
            }

            uses.Add(use);
        }

        foreach (IVariableDeclaratorOperation declared in body.Descendants().OfType<IVariableDeclaratorOperation>())
        {
            if (declared.GetVariableInitializer() is { } initializer)
            {
                Note(declared, Origin.Plain(initializer.Value));
            }
        }

        foreach (IOperation operation in body.Descendants())
        {
            Check(operation);
        }
    }

    private void Note(IVariableDeclaratorOperation declared, IOperation value)
    {
        if (Origin.IsGet(value))
        {
            if (!IsAssigned(declared.Symbol))
            {
                _owners.Add(declared.Symbol, declared);
            }
        }
        else if (Origin.IsPin(value))
        {
            _pins.Add(declared.Symbol, (declared, EndOfPin(declared)));
        }
    }

    private void Check(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation declared when declared.GetVariableInitializer() is { } initializer:
                CheckStored(declared.Symbol, initializer.Value, declared);
                break;
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assigned:
                CheckStored(target.Local, assigned.Value, assigned);
                break;
            case IForEachLoopOperation loop when Origin.IsWindow(Origin.Plain(loop.Collection).Type):
                CheckPassed(loop.Collection, loop);
                break;
            case IArgumentOperation argument when Origin.IsWindow(argument.Value.Type) && !IsOfFramework(argument.Parameter):
                CheckPassed(argument.Value, argument);
                break;
            case IReturnOperation { ReturnedValue: { } returned } when Origin.HoldsMemory(Origin.Plain(returned).Type):
                CheckReturned(returned);
                break;
        }
    }

    /// <summary>A window in a local: its owner is needed until the local's last use.</summary>
    private void CheckStored(ILocalSymbol window, IOperation value, IOperation place)
    {
        IOperation plain = Origin.Plain(value);
        if (!Origin.HoldsMemory(plain.Type) || Origin.Of(plain) is not { } origin || Origin.IsGet(plain) || LastUse(window) is not { } last || last.Syntax.SpanStart < place.Syntax.Span.End)
        {
            return;
        }

        if (PinOf(origin) is { } pin)
        {
            IOperation? late = _uses[window].Where(u => IsAfterPin(pin, place, u)).OrderBy(u => u.Syntax.SpanStart).FirstOrDefault();
            if (late is not null)
            {
                report(Diagnostic.Create(Rules.Disposed, late.Syntax.GetLocation(), pin.Name));
            }
        }
        else if (Origin.IsWindow(plain.Type))
        {
            CheckOwner(origin, plain, LoopEnd(last, place));
        }
    }

    /// <summary>A window for one statement: its owner is needed until that ends.</summary>
    private void CheckPassed(IOperation value, IOperation place)
    {
        IOperation plain = Origin.Plain(value);
        if (Origin.Of(plain) is { } origin && PinOf(origin) is null)
        {
            CheckOwner(origin, plain, place.Syntax.Span.End);
        }
    }

    private void CheckReturned(IOperation value)
    {
        IOperation plain = Origin.Plain(value);
        if (Origin.Of(plain) is not { } origin)
        {
            return;
        }

        if (PinOf(origin) is { } pin)
        {
            // A pin that is not disposed of here was handed to somebody, or is the collector's; what a lambda returns is used where the lambda is called.
            if (_pins[pin].End != int.MaxValue && FunctionOf(value) == FunctionOf(_pins[pin].Declared))
            {
                report(Diagnostic.Create(Rules.Disposed, plain.Syntax.GetLocation(), pin.Name));
            }
        }
        else if (Origin.IsWindow(plain.Type) && (Origin.IsGet(origin) || OwnerOf(origin) is not null))
        {
            report(Diagnostic.Create(Rules.Temporary, plain.Syntax.GetLocation()));
        }
    }

    private void CheckOwner(IOperation origin, IOperation window, int until)
    {
        if (Origin.IsGet(origin) || Origin.IsPin(origin))
        {
            report(Diagnostic.Create(Rules.Temporary, window.Syntax.GetLocation()));
        }
        else if (OwnerOf(origin) is { } owner && LastUse(owner) is { } last && LoopEnd(last, _owners[owner]) < until)
        {
            report(Diagnostic.Create(Rules.UnusedOwner, window.Syntax.GetLocation(), owner.Name));
        }
    }

    private ILocalSymbol? OwnerOf(IOperation origin) => origin is ILocalReferenceOperation local && _owners.ContainsKey(local.Local) ? local.Local : null;

    private ILocalSymbol? PinOf(IOperation origin) => origin is ILocalReferenceOperation local && _pins.ContainsKey(local.Local) ? local.Local : null;

    private bool IsAfterPin(ILocalSymbol pin, IOperation taken, IOperation use) =>
        taken.Syntax.SpanStart < _pins[pin].End && use.Syntax.SpanStart >= _pins[pin].End;

    private IOperation? LastUse(ILocalSymbol local) =>
        _uses.TryGetValue(local, out List<IOperation>? uses) ? uses.OrderByDescending(u => u.Syntax.SpanStart).First() : null;

    private bool IsAssigned(ILocalSymbol local) => _uses.TryGetValue(local, out List<IOperation>? uses)
        && uses.Any(u => (u.Parent is IAssignmentOperation { Target: var target } && target == u) || u.Parent is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out });

    /// <summary>The end of the outermost loop around a use that <paramref name="outside"/> is not in: what is used in a loop is used until it ends.</summary>
    private static int LoopEnd(IOperation use, IOperation outside)
    {
        int end = use.Syntax.SpanStart;
        for (IOperation? at = use.Parent; at is not null; at = at.Parent)
        {
            // What a foreach goes through is taken once.
            bool isTakenOnce = at is IForEachLoopOperation { Collection: var collection } && collection.Syntax.Span.Contains(use.Syntax.Span);
            if (at is ILoopOperation && !isTakenOnce && !at.Syntax.Span.Contains(outside.Syntax.Span))
            {
                end = at.Syntax.Span.End;
            }
        }

        return end;
    }

    /// <summary>The framework's own methods are over long before memory that the collector found is used again: it rests first.</summary>
    private static bool IsOfFramework(IParameterSymbol? parameter) =>
        parameter?.ContainingSymbol?.ContainingNamespace?.ToDisplayString() is { } name && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal));

    private static IOperation? FunctionOf(IOperation operation)
    {
        IOperation? at = operation;
        while (at is not null and not IAnonymousFunctionOperation and not ILocalFunctionOperation)
        {
            at = at.Parent;
        }

        return at;
    }

    /// <summary>Where a pin is disposed of for certain: at the end of its using statement or block, or at a call of Dispose that nothing follows conditionally.</summary>
    private int EndOfPin(IVariableDeclaratorOperation declared)
    {
        for (IOperation? at = declared.Parent; at is not null; at = at.Parent)
        {
            switch (at)
            {
                case IUsingOperation statement:
                    return statement.Syntax.Span.End;
                case IUsingDeclarationOperation { Parent: { } block }:
                    return block.Syntax.Span.End;
                case IBlockOperation block:
                    return _uses.TryGetValue(declared.Symbol, out List<IOperation>? uses)
                        ? uses.Select(u => u.Parent).OfType<IInvocationOperation>()
                            .Where(c => c.TargetMethod.Name == "Dispose" && c.Parent is IExpressionStatementOperation { Parent: { } parent } && parent == block)
                            .Select(c => c.Syntax.Span.End).DefaultIfEmpty(int.MaxValue).Min()
                        : int.MaxValue;
            }
        }

        return int.MaxValue;
    }
}
