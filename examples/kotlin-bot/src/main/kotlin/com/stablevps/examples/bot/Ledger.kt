package com.stablevps.examples.bot

import java.math.BigDecimal

/** Where a ledger is kept. What was written is there after a crash. */
internal interface LedgerStore {
    fun read(): Map<String, Member>

    fun write(members: Map<String, Member>)
}

/** Why something was not noted. The purchase that wanted it goes no further. */
internal class Declined(
    override val message: String,
    val verdict: Verdict = Verdict.PERSON,
) : Exception(message)

/**
 * Which VPS is whose, and which purchases are open. The rules about money are here:
 *
 * 1. An order is noted before it is sent, and is not sent where it can't be noted.
 * 2. While one order is open, no other one is noted. Which VPS is new could not be told otherwise.
 * 3. A VPS belongs to one name.
 * 4. What is noted never costs more than the budget.
 */
internal class Ledger(
    private val store: LedgerStore,
) {
    private var members = store.read()

    @Synchronized
    fun members(): Map<String, Member> = members

    operator fun get(name: String): Member? = members()[name]

    /** The name whose order may be under way. */
    fun openOrder(): String? = members().entries.firstOrNull { it.value is Member.Ordering }?.key

    /** What all of it costs, orders that are open included. */
    fun committed(): BigDecimal = members().values.sumOf { it.cost }

    /** Refuses what the budget has no room for. */
    fun checkRoom(
        wanted: Wanted,
        budget: BigDecimal?,
    ) {
        if (budget != null && committed() + wanted.price > budget) {
            throw Declined(
                "${wanted.price} EUR more than ${committed()} would be above the budget of $budget EUR",
            )
        }
    }

    /** An order is about to be sent. */
    @Synchronized
    fun ordering(
        wanted: Wanted,
        token: String,
        budget: BigDecimal?,
    ) {
        val open = openOrder()
        when {
            open == wanted.name -> Unit
            open != null -> throw isOpen(open)
            wanted.name in members -> throw Declined("it is bought already")
            else -> checkRoom(wanted, budget)
        }
        put(wanted.name, Member.Ordering(wanted.terms, wanted.price, token))
    }

    /** An order was made: it has a VPS. Without a token there is nothing left to wait for. */
    @Synchronized
    fun bought(
        name: String,
        vpsId: String,
        charged: BigDecimal?,
        token: String?,
    ) {
        checkOwner(vpsId, name)
        val member = members.getValue(name)
        put(name, Member.Bought(member.terms, charged ?: member.cost, vpsId, token))
    }

    /** It has its VPS, and nothing to wait for: how that stands is for looks at it. */
    @Synchronized
    fun stopWaiting(name: String) {
        val member = members[name]
        if (member is Member.Bought) {
            put(name, member.copy(token = null))
        }
    }

    /** Nobody can tell what became of an order: a person must look. */
    @Synchronized
    fun park(
        name: String,
        problem: String,
    ) {
        val member = members[name]
        if (member is Member.Ordering) {
            put(name, Member.Parked(member.terms, member.cost, member.token, problem))
        }
    }

    /** A person wants a parked order looked for again. */
    @Synchronized
    fun retry(name: String) {
        val member = members[name] as? Member.Parked ?: throw Declined("$name waits for no decision")
        openOrder()?.let { throw isOpen(it) }
        put(name, Member.Ordering(member.terms, member.cost, member.token))
    }

    /** A person says whose a VPS is. */
    @Synchronized
    fun assign(
        name: String,
        vpsId: String,
        terms: Terms,
    ) {
        checkOwner(vpsId, name)
        if (members[name] is Member.Ordering) {
            throw isOpen(name)
        }
        put(name, Member.Bought(terms, members[name]?.cost ?: BigDecimal.ZERO, vpsId))
    }

    /** Nothing was bought for an order. */
    @Synchronized
    fun notBought(name: String) {
        if (members[name] is Member.Ordering) {
            save(members - name)
        }
    }

    /** A person wants nothing known of a name any more. */
    @Synchronized
    fun forget(name: String) {
        when (members[name]) {
            null -> throw Declined("nothing is known of $name")
            is Member.Ordering -> throw isOpen(name)
            is Member.Bought, is Member.Parked -> save(members - name)
        }
    }

    fun ownerOf(vpsId: String): String? =
        members().entries.firstOrNull { (it.value as? Member.Bought)?.vpsId == vpsId }?.key

    private fun isOpen(name: String) = Declined("the order of $name is still open", Verdict.LATER)

    private fun checkOwner(
        vpsId: String,
        name: String,
    ) {
        val owner = ownerOf(vpsId)
        if (owner != null && owner != name) {
            throw Declined("the VPS $vpsId is that of $owner")
        }
    }

    private fun put(
        name: String,
        member: Member,
    ) {
        if (members[name] != member) {
            save(members + (name to member))
        }
    }

    private fun save(changed: Map<String, Member>) {
        store.write(changed)
        members = changed
    }
}
